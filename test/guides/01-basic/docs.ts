// docs.ts
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { documentConnectors } from 'nestjs-base44-connectors';

export function setupDocs(app: INestApplication) {
  const config = new DocumentBuilder().setTitle('Calendar').build();
  const document = SwaggerModule.createDocument(app, config);
  SwaggerModule.setup('docs', app, documentConnectors(document));
}
