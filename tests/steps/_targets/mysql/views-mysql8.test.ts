import { onServer } from '../../../support/other-server.ts';

await onServer('mysql8', () => import('./views.test.ts'));
