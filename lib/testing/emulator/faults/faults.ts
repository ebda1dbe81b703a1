/** The ready-made faults, exported as the namespace `faults`. */
export * from './body.faults.js';
export * from './connection.faults.js';
export * from './gzip.faults.js';
export * from './response.faults.js';
