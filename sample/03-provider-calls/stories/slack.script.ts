import type { Script } from './story.js';

export const slack: Script = {
  name: 'slack',
  provider: 'Slack',
  about: 'limits the rate of calls',
  lesson: 'A GET waits and is sent again. A POST is not.',
  scenes: () => [
    {
      title: 'Slack asks to wait',
      about:
        'The connector is declared with retry: true, so the module waits for as long as ' +
        'Retry-After says, and a little longer, and sends the request again.',
      request: { method: 'GET', path: '/slack/channels' },
      code: "@InjectConnectorHttp('slack') http: HttpService\n\nhttp.get('/conversations.list')",
    },
    {
      title: 'No message goes out twice',
      about:
        'A POST is not idempotent, so it is never repeated. The 429 is for the application to ' +
        'handle: this one passes it on.',
      request: { method: 'POST', path: '/slack/messages' },
      code: "@InjectConnectorHttp('slack') http: HttpService\n\nhttp.post('/chat.postMessage', message)",
    },
  ],
};
