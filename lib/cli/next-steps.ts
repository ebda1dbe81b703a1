import { NAME_FORMS } from './name-list.js';
import { DELETE_SECRETS_FILE, SECRETS_FILE } from './secrets-file.js';

export interface WrittenBroker {
  /** The folder of the Base44 app. */
  readonly directory: string;
  /** The folder of the function. */
  readonly folder: string;
  readonly appId: string | undefined;
  readonly secret: string;
  readonly allowed: readonly string[];
  readonly isOverwritten: boolean;
}

/** Returns the steps that deploy a broker and connect the Nest application to it. */
export function describeNextSteps(broker: WrittenBroker): string {
  const { directory, folder, appId = "<the app's id>", secret } = broker;
  return `Wrote ${folder}. The code is short, so read it before you deploy it. Then:

1. In the Base44 app: set the secrets of the function, deploy only this function, and delete the
   file with the secrets. Git ignores that file.

${directory === '.' ? '' : `   cd ${quote(directory)}\n`}   npx base44 secrets set --env-file ${SECRETS_FILE}
   npx base44 functions deploy connectors-broker
   ${DELETE_SECRETS_FILE}
${describeEmptyList(broker)}${describeRotation(broker)}
2. In the environment of the Nest application, such as its .env:

   BASE44_APP_ID=${appId}
   BASE44_BROKER_URL=https://<your app's host, such as my-app.base44.app>/functions/connectors-broker
   BASE44_BROKER_SECRET=${secret}

3. In the folder of the Nest application: check the broker.

   npx nestjs-base44-connectors broker check --env .env

The secret gives access to the tokens of all connectors in CONNECTORS_BROKER_ALLOW.`;
}

function describeEmptyList({ allowed }: WrittenBroker): string {
  if (allowed.length > 0) return '';
  return `
   The broker allows no connector yet. CONNECTORS_BROKER_ALLOW in that file is a comma-separated
   list. ${NAME_FORMS}
`;
}

function describeRotation({ isOverwritten }: WrittenBroker): string {
  if (!isOverwritten) return '';
  return `
   If this broker is already in use, you can keep its secrets: do not set the new ones, and skip step 2.
   Or replace them: first add CONNECTORS_BROKER_PREVIOUS_SECRET with the current secret to that file.
   Delete it when the Nest application has the new secret:

   npx base44 secrets delete CONNECTORS_BROKER_PREVIOUS_SECRET
`;
}

/** Quotes a path for a shell, if it needs quotes. */
function quote(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
