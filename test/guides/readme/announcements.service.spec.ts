// announcements.service.spec.ts
import { Test } from '@nestjs/testing';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { AnnouncementsService } from './announcements.service.js';

it('has a Slack token', async () => {
  const module = await Test.createTestingModule({
    imports: [ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' })],
    providers: [AnnouncementsService],
  }).compile();

  const { access_token } = await module.get(ConnectorsService).getAccessToken('slack');
  expect(access_token).toBe('xoxb-test');
});
