import fc from 'fast-check';

const { constantFrom } = fc;

/** Hosts that the token may reach, and hosts of an attacker. */
const hosts = constantFrom(
  ...[
    'api.crm.example',
    'API.CRM.EXAMPLE',
    'api.crm.example.',
    'upload.crm.example',
    'crm.example',
  ],
  ...['evil.example', 'api.crm.example.evil.example', 'evilcrm.example', 'api-crm.example'],
  ...['127.0.0.1', '[::1]', '2130706433', '0x7f.1', 'localhost', '169.254.169.254', ''],
  ...[
    'api。crm。example',
    'ａｐｉ.crm.example',
    'аpi.crm.example',
    'api%2ecrm.example',
    'xn--pi-7ba',
  ],
  ...['api.crm.example%00.evil.example', 'api.crm.example%23.evil.example', 'api\u00adcrm.example'],
);

const schemes = constantFrom(
  ...['https://', 'https://', 'https://', 'http://', 'HTTPS://', 'https:/', 'https:', 'https:\\\\'],
  ...['//', '\\\\', '/\\', '\\/', '/', '', 'ftp://', 'file://', 'data:', 'javascript:', 'ws://'],
  ...[' https://', '\thttps://', 'ht\ntps://', 'https:///', 'https:////', 'blob:https://'],
);

const users = constantFrom(
  ...['', '', '', '', 'user@', 'user:password@', 'api.crm.example@', 'api.crm.example:443@'],
  ...['evil.example#@', 'evil.example?@', 'evil.example/@', 'evil.example\\@', '%40@'],
);

const ports = constantFrom(
  '',
  '',
  '',
  ':443',
  ':80',
  ':8443',
  ':0',
  ':99999',
  ':',
  ':443@evil.example',
);

const paths = constantFrom(
  ...['', '/', '/contacts', '/../..', '/..%2f..', '//evil.example', '/\\evil.example', '?q=@evil'],
  ...['#@evil.example', '/@evil.example', '\\@evil.example', '\t//evil.example', '/{subdomain}'],
  ...[
    '/%0d%0aHost:evil.example',
    ';@evil.example',
    '/http://evil.example',
    ':443/x',
    '.evil.example',
  ],
);

/** URLs of an attacker or of a hostile redirect, with valid ones among them. */
export const urls = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(schemes, users, hosts, ports, paths).map((all) => all.join('')),
  },
  { weight: 2, arbitrary: fc.tuple(paths, paths).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

/** Subdomains of a hostile Base44 or a hostile account. */
export const subdomains = fc.oneof(
  {
    weight: 6,
    arbitrary: constantFrom(
      ...['acme', 'ACME', 'a', '0', 'acme-2', 'a'.repeat(63), 'a'.repeat(64), 'xn--acme-', 'xn--a'],
      ...['evil.example/', 'evil.example#', 'evil.example?', 'evil.example\\', 'evil.example:443/'],
      ...[
        'evil.example',
        'acme.evil.example',
        'x@evil.example',
        '@evil.example/',
        '//evil.example/',
      ],
      ...[
        '',
        '.',
        '..',
        '-',
        '-a',
        'a-',
        '_',
        'a_b',
        ' ',
        'a b',
        '\t',
        'a\n',
        'a\u0000',
        'acme\r\n',
      ],
      ...['é', 'ａcme', 'acme。evil', 'a%2eb', '%2f', 'a/b', 'a?b', 'a#b', 'a\\b', 'a:b', '[::1]'],
      ...['{subdomain}', '${x}', '$&', "$'", '$`', '\u202e', '\ud800', 'localhost', '127'],
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9-]{1,10}[./@:#?\\]?[a-z]{0,4}$/) },
);

/** Hostile paths after the base URL. */
export const tails = fc.tuple(paths, paths).map((all) => all.join(''));
