// app.spec.ts
import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS, ConnectorsService } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';

it('starts without Base44', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CONNECTORS_MODULE_OPTIONS)
    .useValue(ConnectorsTestingModule.options({ tokens: { googlecalendar: 'ya29-test' } }))
    .compile();

  const connection = await module.get(ConnectorsService).getConnection('googlecalendar');
  expect(connection.accessToken).toBe('ya29-test');
});
