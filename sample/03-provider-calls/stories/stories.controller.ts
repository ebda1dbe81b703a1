import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { homePage } from '../page/home-page.js';
import { HtmlPage } from '../page/html-page.decorator.js';
import { style } from '../page/page.style.js';
import { storiesPage } from '../page/stories-page.js';
import { github } from './github.script.js';
import { googleCalendar } from './google-calendar.script.js';
import { slack } from './slack.script.js';
import { StoriesService } from './stories.service.js';
import type { Script, Story } from './story.js';

const SCRIPTS: readonly Script[] = [googleCalendar, slack, github];

@Controller()
export class StoriesController {
  constructor(
    private readonly stories: StoriesService,
    private readonly connectors: ConnectorsService,
  ) {}

  @Get()
  @HtmlPage()
  home(): string {
    return homePage(SCRIPTS, this.connectors.requirements());
  }

  /** The same as JSON. */
  @Get('stories/:name.json')
  @Header('Cache-Control', 'no-store')
  json(@Param('name') name: string): Promise<Story[]> {
    return this.stories.tell(scriptNamed(name));
  }

  @Get('stories/:name')
  @HtmlPage()
  async page(@Param('name') name: string): Promise<string> {
    const script = scriptNamed(name);
    return storiesPage(SCRIPTS, script, await this.stories.tell(script));
  }

  @Get('page.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return style;
  }
}

function scriptNamed(name: string): Script {
  const script = SCRIPTS.find((one) => one.name === name);
  if (script === undefined) throw new NotFoundException();
  return script;
}
