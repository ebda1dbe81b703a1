// google-auth.client.ts
import { auth } from '@googleapis/calendar';
import type { ConnectorRef, ConnectorsService } from 'nestjs-base44-connectors';

export function createGoogleAuth(connectors: ConnectorsService, connector: ConnectorRef) {
  const client = new auth.OAuth2();
  // The library calls it for the first request, and after a 401 or a 403.
  client.refreshHandler = async () => {
    const { access_token: rejected } = client.credentials;
    if (rejected) await connectors.invalidate(connector, rejected);
    const { accessToken } = await connectors.getConnection(connector);
    // Without an expiry, the library keeps the token until it is rejected.
    return { access_token: accessToken, expiry_date: 0 };
  };
  return client;
}
