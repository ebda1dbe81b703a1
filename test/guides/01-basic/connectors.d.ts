// connectors.d.ts
import type {} from 'nestjs-base44-connectors/base44-types';
