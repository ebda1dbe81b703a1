import { Test } from '@nestjs/testing';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';
import { Base44Module } from './base44.module.js';

it('replaces the module that configures the connectors', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideModule(Base44Module)
    .useModule(ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' }))
    .compile();

  const { accessToken } = await module.get(ConnectorsService).getConnection('slack');
  expect(accessToken).toBe('xoxb-test');
});
