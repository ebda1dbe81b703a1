// calendar.controller.spec.ts
import { Test } from '@nestjs/testing';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';

it('needs no module', async () => {
  const getConnection = () => Promise.resolve({ accessToken: 'ya29-test', connectionConfig: null });
  const module = await Test.createTestingModule({ controllers: [CalendarController] })
    .useMocker((token) => (token === ConnectorsService ? { getConnection } : undefined))
    .compile();

  expect(module.get(CalendarController)).toBeDefined();
});
