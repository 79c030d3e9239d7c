/* Loaded before each handler of the emulator: what it takes for now follows the clock of clock.py. */
const { readFileSync } = require('node:fs');

const now = Date.now;
Date.now = () => now() + Number(readFileSync(process.env.E2E_CLOCK, 'utf8'));
