import { postmaster } from './postmaster';

process.exitCode = postmaster(process.argv.slice(2), { out: text => console.log(text), error: text => console.error(text) });
