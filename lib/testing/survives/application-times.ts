import type { INestApplicationContext } from '@nestjs/common';
import type { Secret } from '../../common/secret.js';
import { applyDefaults } from '../../options/connectors-options.defaults.js';
import {
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  type ResilienceSettings,
} from '../../options/connectors.options.js';

/** The time for the work of the application beside its lookup. */
const MARGIN_MS = 2_000;

interface Times {
  /** The longest time to a response. */
  readonly responseMs: number;
  /** The longest time for which an open breaker rejects calls. */
  readonly pauseMs: number;
}

/** Returns the times that the options of an application permit. Several instances have the longest of theirs. */
export function getTimes(app: INestApplicationContext): Times {
  const settings = findSettings(app);
  const pauses = settings.map(({ breaker }) => (breaker ? breaker.halfOpenAfterMs : 0));
  return {
    responseMs: Math.max(...settings.map(({ deadlineMs }) => deadlineMs)) + MARGIN_MS,
    pauseMs: Math.max(...pauses),
  };
}

function findSettings(app: INestApplicationContext): ResilienceSettings[] {
  try {
    const found = app.get<Secret<ConnectorsOptions>>(CONNECTORS_OPTIONS, {
      strict: false,
      each: true,
    });
    return found.map((options) => options.reveal().resilience);
  } catch {
    // The application has another copy of this package.
    return [applyDefaults({ appId: '' }).resilience];
  }
}
