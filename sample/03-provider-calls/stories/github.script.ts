import type { Script } from './story.js';

export const github: Script = {
  name: 'github',
  provider: 'GitHub',
  about: 'redirects',
  lesson: 'The token goes along at its own origin, and to no other one.',
  scenes: ({ stranger }) => [
    {
      title: 'The repository has another name',
      about: 'GitHub redirects to an address at the same origin: the token goes along.',
      request: { method: 'GET', path: '/github/repository' },
      code: "@ConnectorHttp('github') http: HttpService\n\nhttp.get('/repos/acme/old-name')",
    },
    {
      title: 'The archive lies elsewhere',
      about: 'GitHub redirects to another origin: the module goes there without the token.',
      request: { method: 'GET', path: '/github/archive' },
      code: "connectors.fetch('github', '/repos/acme/website/tarball')",
    },
    {
      title: "The address is not GitHub's",
      about:
        'Somebody hands in a link to a server of their own. It leads to none of the origins of ' +
        'the connector, so the module sends nothing.',
      request: { method: 'GET', path: `/github/link?url=${stranger.origin}/repos` },
      code: "connectors.fetch('github', url)",
    },
  ],
};
