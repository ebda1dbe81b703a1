// Prints the responses of an application that loads the package with import and with require.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectorsModule } from 'nestjs-base44-connectors';

const require = createRequire(import.meta.url);
const { ConnectorToken } = require('nestjs-base44-connectors');
const { ConnectorsTestingModule } = require('nestjs-base44-connectors/testing');

class TokensController {
  get(token) {
    return { token };
  }
}
class AppModule {
  name = 'two formats';
}

const { prototype } = TokensController;
ConnectorToken('slack')(prototype, 'get', 0);
Get()(prototype, 'get', Object.getOwnPropertyDescriptor(prototype, 'get'));
Controller()(TokensController);

const statuses = [];
for (const tokens of [{ slack: 'xoxb-packed' }, {}]) {
  const options = ConnectorsTestingModule.options({ tokens });
  Module({ imports: [ConnectorsModule.forRoot(options)], controllers: [TokensController] })(
    AppModule,
  );
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  statuses.push((await fetch(await app.getUrl())).status);
  await app.close();
}
console.log(JSON.stringify(statuses));
