/*
 * Rewrites the compiled index so that a chapter is loaded when the first of its classes is used, as aws-cdk-lib's own index does.
 * `checks` alone would load cdk-nag, which takes a quarter of a second, for every app that imports a domain.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const INDEX = resolve('lib/index.js');
const load = createRequire(INDEX);

const chapters = [...readFileSync(INDEX, 'utf8').matchAll(/^__exportStar\(require\("(\.\/[\w-]+)"\), exports\);/gm)].map(match => match[1]);
if (chapters.length === 0) throw new Error(`${INDEX} re-exports no chapter: has the compiler changed how it writes export *?`);

const names = chapters.flatMap(chapter => Object.keys(load(chapter)).map(name => ({ chapter, name })));
writeFileSync(INDEX, `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
// ES module loaders find the names by reading assignments, not by running the file
${names.map(({ name }) => `exports.${name} = `).join('')}void 0;
const lazy = (names, load) => {
  for (const name of names) {
    Object.defineProperty(exports, name, {
      enumerable: true, configurable: true, get: () => {
        const value = load()[name];
        Object.defineProperty(exports, name, { enumerable: true, configurable: true, value });
        return value;
      },
    });
  }
};
${chapters.map(chapter => `lazy(${JSON.stringify(names.filter(entry => entry.chapter === chapter).map(({ name }) => name))}, () => require("${chapter}"));`).join('\n')}
`);
console.log(`lib/index.js: ${names.length} names of ${chapters.length} chapters, loaded when used.`);
