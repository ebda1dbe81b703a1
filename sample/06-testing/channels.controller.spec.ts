import { Test } from '@nestjs/testing';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { ChannelsController } from './channels.controller.js';

it('creates a controller with a mock', async () => {
  const getConnection = () => Promise.resolve({ accessToken: 'xoxb-test', connectionConfig: null });
  const module = await Test.createTestingModule({ controllers: [ChannelsController] })
    .useMocker((token) => (token === ConnectorsService ? { getConnection } : undefined))
    .compile();

  expect(module.get(ChannelsController)).toBeDefined();
});
