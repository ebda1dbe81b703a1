import { NAME_FORMS } from './name-list.js';

export interface WrittenBroker {
  readonly folder: string;
  readonly secret: string;
  readonly allowed: readonly string[];
  readonly isOverwritten: boolean;
}

/** Returns the steps that deploy a broker and connect the Nest application to it. */
export function describeNextSteps(broker: WrittenBroker): string {
  const { folder, secret, allowed } = broker;
  return `Wrote ${folder}. The code is short, so read it before you deploy it. Then:

1. In the Base44 app, with its command line (npm package 'base44'): set the secrets, and deploy.

   base44 secrets set CONNECTORS_BROKER_SECRET=${secret} CONNECTORS_BROKER_ALLOW=${allowed.join(',')}
   base44 functions deploy
${describeEmptyList(broker)}${describeRotation(broker)}
2. In the environment of the Nest application:

   BASE44_BROKER_URL=https://<your app's host>/functions/connectors-broker
   BASE44_BROKER_SECRET=${secret}

3. Check the broker, with these two variables in the environment:

   npx nestjs-base44-connectors broker check

The secret is shown only now. It is stored nowhere except in the history of your shell.
It gives access to the tokens of all connectors in CONNECTORS_BROKER_ALLOW.`;
}

function describeEmptyList({ allowed }: WrittenBroker): string {
  if (allowed.length > 0) return '';
  return `
   The broker allows no connector yet. CONNECTORS_BROKER_ALLOW is a comma-separated list.
   ${NAME_FORMS}
`;
}

function describeRotation({ isOverwritten }: WrittenBroker): string {
  if (!isOverwritten) return '';
  return `
   If this broker is already in use, first set CONNECTORS_BROKER_PREVIOUS_SECRET to its current
   secret. Remove it when the Nest application has the new secret.
`;
}
