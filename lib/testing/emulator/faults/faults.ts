/** The catalogue of ready-made faults: `faults.reset()`, `faults.gzipBomb()`, … */
export * from './answer.faults.js';
export * from './body.faults.js';
export * from './connection.faults.js';
export * from './gzip.faults.js';
