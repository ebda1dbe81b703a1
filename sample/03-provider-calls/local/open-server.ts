import { type Answer, StandIn } from './stand-in.js';

/** Asks nobody for a token. */
export class OpenServer extends StandIn {
  protected override answer(): Answer {
    return { status: 200 };
  }
}
