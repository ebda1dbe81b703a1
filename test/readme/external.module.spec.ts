// external.module.spec.ts
import { Test } from '@nestjs/testing';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { ExternalModule } from './external.module.js';

it('is replaced with its options', async () => {
  const module = await Test.createTestingModule({ imports: [ExternalModule] })
    .overrideModule(ExternalModule)
    .useModule(ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' }))
    .compile();

  const { accessToken } = await module.get(ConnectorsService).getConnection('slack');
  expect(accessToken).toBe('xoxb-test');
});
