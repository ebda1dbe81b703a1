import { CALL_FAULTS, OPTION_FAULTS, TOKEN_FAULTS } from './base44-application.faults.js';
import { CONNECTION_FAULTS as BASE44_CONNECTION_FAULTS } from './base44-connection.faults.js';
import { ECHOES, REDIRECTS, UNUSABLE_ANSWERS } from './base44-response.faults.js';
import {
  APPLICATION_FAULTS,
  CANCELLATIONS,
  METERED_FAULTS,
  UNSENT,
} from './provider-application.faults.js';
import { CONNECTION_FAULTS, STREAM_FAULTS } from './provider-connection.faults.js';
import { ANSWER_FAULTS, REDIRECT_FAULTS, REFUSALS } from './provider-response.faults.js';

/** The faults of requests to Base44. Each secrecy suite of Base44 runs all of them. */
export const BASE44_FAULTS = [
  ...ECHOES,
  ...REDIRECTS,
  ...UNUSABLE_ANSWERS,
  ...BASE44_CONNECTION_FAULTS,
  ...TOKEN_FAULTS,
  ...OPTION_FAULTS,
  ...CALL_FAULTS,
];

/** The faults of requests to providers. Each secrecy suite of provider calls runs all of them. */
export const PROVIDER_FAULTS = [
  ...CONNECTION_FAULTS,
  ...STREAM_FAULTS,
  ...ANSWER_FAULTS,
  ...REFUSALS,
  ...REDIRECT_FAULTS,
  ...APPLICATION_FAULTS,
  ...UNSENT,
  ...CANCELLATIONS,
  ...METERED_FAULTS,
];
