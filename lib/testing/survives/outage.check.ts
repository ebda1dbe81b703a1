import type { FaultResponder } from '../emulator/faults/fault.interface.js';
import { reset } from '../emulator/faults/connection.faults.js';
import { status } from '../emulator/faults/response.faults.js';
import type { Application } from './application.js';
import { expectSuccessFromCache, expectUnavailable } from './unavailable.js';

/** Base44 fails. Requests with a cached token must succeed, other requests must fail with 503, and the application must recover. */
export async function checkOutage(app: Application): Promise<void> {
  await app.warmUp();
  app.breakBase44(inTurns(status(503), reset()));
  await expectSuccessFromCache(app);
  await expectUnavailable(app);
  await app.recover();
}

/** Alternates within one request, because each further one would bring the breaker closer to opening. */
function inTurns(...responders: FaultResponder[]): FaultResponder {
  let count = 0;
  return (...args) => responders[count++ % responders.length]?.(...args);
}
