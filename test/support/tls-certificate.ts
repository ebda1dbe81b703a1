import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and its certificate in PEM. */
export interface TlsCertificate {
  readonly key: string;
  readonly cert: string;
}

interface Subject {
  /** The only IPv4 address for which it is valid. */
  readonly ip: string;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALTERNATIVE_NAME = '551d11';

/** Creates a self-signed certificate. No client trusts it by default. */
export function createSelfSignedCertificate({
  ip,
  notAfter = new Date(Date.now() + DAY_MS),
}: Subject): TlsCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  // Each name is unique, because a client would take one certificate for the issuer of another.
  const commonName = Buffer.from(`test ${randomBytes(8).toString('hex')}`);
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, commonName))));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(utcTime(new Date(notAfter.getTime() - 2 * DAY_MS)), utcTime(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeName(ip))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, algorithm, der(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(certificate),
  };
}

function alternativeName(ip: string): Buffer {
  const address = der(0x87, Buffer.from(ip.split('.').map(Number)));
  return sequence(oid(SUBJECT_ALTERNATIVE_NAME), der(0x04, sequence(address)));
}

/** Encodes one element of ASN.1 in DER: a tag, a length, a content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
