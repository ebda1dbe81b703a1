import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS, ConnectorsService } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';

it('starts the application with fixed tokens', async () => {
  // The options are not created from the environment.
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CONNECTORS_MODULE_OPTIONS)
    .useValue(ConnectorsTestingModule.options({ tokens: { slack: 'xoxb-test' } }))
    .compile();

  const { accessToken } = await module.get(ConnectorsService).getConnection('slack');
  expect(accessToken).toBe('xoxb-test');
});
