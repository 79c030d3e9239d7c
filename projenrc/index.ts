export * from './api-surface';
export * from './floors';
export * from './lanes';
export * from './npm-exports';
