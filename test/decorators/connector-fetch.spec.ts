import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorFetch,
  ConnectorsConfigurationError,
  ConnectorsModule,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';
import { getJson } from './get-json.js';

@Controller()
class PostsController {
  @Get('metered')
  async metered(@ConnectorFetch('x') send: typeof fetch): Promise<unknown> {
    return (await send('/2/tweets')).json();
  }

  @Get('optional')
  async optional(
    @ConnectorFetch('x', { optional: true }) send: typeof fetch | null,
  ): Promise<unknown> {
    return send && (await send('/2/tweets')).json();
  }
}

describe('@ConnectorFetch', () => {
  it.each(['metered', 'optional'])('calls a metered connector: %s', async (path) => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.meter('x', { respond: () => ({ data: { posts: ['hi'] } }) });
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
      controllers: [PostsController],
    }).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    await expect(getJson(`${await app.getUrl()}/${path}`)).resolves.toEqual({ posts: ['hi'] });
    expect(app.get(ConnectorsService).requirements()).toEqual([
      {
        connector: 'x',
        isOptional: false,
        needsToken: false,
        requiredBy: ['PostsController.metered', 'PostsController.optional'],
      },
    ]);
  });

  it('throws where it is applied, and says where', () => {
    const apply = (): void => {
      ConnectorFetch('../secrets')(PostsController.prototype, 'metered', 0);
    };
    expect(apply).toThrow(ConnectorsConfigurationError);
    expect(apply).toThrow('@ConnectorFetch() on PostsController.metered: Integration type must be');
  });
});
