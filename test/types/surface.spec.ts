import { errorsIn, markedIn } from './application.js';

const IMPORTS = `
  import type { HttpService } from '@nestjs/axios';
  import {
    type ConnectorConnection, type ConnectorApiResponse, ConnectorFeature, type ConnectorFetchInit,
    type ConnectorRequirement, CONNECTORS, ConnectorsModule, type ConnectorsService,
  } from 'nestjs-base44-connectors';

  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const same = <A, B>(_: Same<A, B>) => undefined;

  declare const connectors: ConnectorsService;
`.replace(' ConnectorFeature,', ' type ConnectorFeature,');

/** Expects errors in the lines that are marked, and in no other. */
function expectErrorsWhereMarked(lines: string): void {
  const application = { 'main.ts': IMPORTS + lines };
  expect(errorsIn(application)).toEqual(markedIn(application));
}
