import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';

const ALWAYS = Infinity;

/** A Base44 with some services connected, and some connectors that fail, each in its own way. */
export async function startLocalBase44(tokens: Record<string, string>): Promise<Base44Emulator> {
  const base44 = await Base44Emulator.start();
  for (const [connector, accessToken] of Object.entries(tokens)) {
    base44.connect(connector, { accessToken });
  }
  base44.meter('x');
  base44.credits = 0;
  const rateLimited = faults.status(429, { headers: { 'Retry-After': '30' } });
  base44.fault({ match: 'github', respond: rateLimited, times: ALWAYS });
  base44.fault({ match: 'hubspot', respond: faults.status(503), times: ALWAYS });
  base44.fault({ match: 'linkedin', respond: faults.html(), times: ALWAYS });
  base44.fault({ match: 'dropbox', respond: faults.status(401), times: ALWAYS });
  return base44;
}
