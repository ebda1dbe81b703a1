import { HttpService } from '@nestjs/axios';
import { Controller, Get, Query } from '@nestjs/common';
import { ConnectorHttp, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

@Controller('github')
export class GitHubController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('repository')
  async repository(@ConnectorHttp('github') http: HttpService): Promise<{ name: string }> {
    const { data } = await firstValueFrom(http.get<{ full_name: string }>('/repos/acme/old-name'));
    return { name: data.full_name };
  }

  @Get('archive')
  async archive(): Promise<{ bytes: number }> {
    const response = await this.connectors.fetch('github', '/repos/acme/website/tarball');
    const archive = await response.arrayBuffer();
    return { bytes: archive.byteLength };
  }

  /** Checks a link. It comes from a user, so it may lead to any server. */
  @Get('link')
  async link(@Query('url') url: string): Promise<{ status: number }> {
    const { status } = await this.connectors.fetch('github', url);
    return { status };
  }
}
