import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';

describe('SlackController', () => {
  let app: INestApplication;

  beforeEach(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(CONNECTORS_MODULE_OPTIONS)
      .useValue(ConnectorsTestingModule.options({ tokens: { slack: 'xoxb-test' } }))
      .compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
  });

  afterEach(() => app.close());

  it.each(['decorator', 'service'])('responds with the token of the %s', async (route) => {
    const answer = await fetch(`${await app.getUrl()}/slack/${route}`);
    expect(await answer.json()).toEqual({ token: 'xoxb-test' });
  });
});
