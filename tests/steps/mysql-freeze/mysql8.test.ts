import { onServer } from '../../support/other-server.ts';

await onServer('mysql8', () => import('./mysql-freeze.test.ts'));
