/** nginx in front of the app: a maintenance page while the flag exists, and a way past it for smoke tests. */
import { dirname, join } from 'node:path';
import { makeFolderFor, writeFileFor } from './ownership.ts';
import { startServer } from './servers.ts';
import { vpsPaths } from './vps.ts';
import type { World } from './world.ts';

export const bypassHeader = 'X-Smoke-Token';

/** Closed while the flag exists, except to the smoke client. In each location: a server-wide one would also refuse the page. */
const gate = (flagFile: string): string => `set $closed 0;
      if (-f ${flagFile}) { set $closed 1; }
      if ($smoke) { set $closed 0; }
      if ($closed) { return 503; }`;

/** `listen`: where the web's port is taken. */
export const nginxConfig = (world: World, home: string, listen = '127.0.0.1'): string => {
  const { ports, passwords, debs, dir } = world;
  const { flagFile, accessLog, uploads } = vpsPaths(dir);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${home}/tmp/${kind};`)
    .join(' ');
  return `
daemon off;
worker_processes 1;
pid ${home}/pid;
error_log ${home}/error.log warn;
events { worker_connections 256; }
http {
  include ${debs.bin('etc/nginx/mime.types')};
  # Without query: a recovery link carries a credential there.
  map $request_uri $path { ~^(?<before_query>[^?]*) $before_query; }
  log_format journal '$remote_addr - - [$time_iso8601] "$request_method $path $server_protocol" $status $body_bytes_sent $request_time';
  access_log ${accessLog} journal;
  client_max_body_size 6m;
  ${temp}
  map $http_${bypassHeader.toLowerCase().replaceAll('-', '_')} $smoke { default 0; "${passwords.bypass}" 1; }
  server {
    listen ${listen}:${ports.web};
    # A page of its own, not a named location: that would turn a POST into 405.
    error_page 503 /maintenance.html;
    location = /maintenance.html {
      internal;
      alias ${flagFile};
      default_type "text/html; charset=utf-8";
      types { }
      add_header Retry-After 120 always;
      add_header Cache-Control no-store always;
    }
    location /uploads/ {
      ${gate(flagFile)}
      alias ${uploads}/;
      add_header X-Content-Type-Options nosniff;
    }
    location / {
      ${gate(flagFile)}
      proxy_pass http://127.0.0.1:${ports.app};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
`;
};

export const startNginx = async (world: World): Promise<void> => {
  const { dir, debs, accounts, ports } = world;
  const home = makeFolderFor(accounts.service, join(dir, 'nginx'));
  makeFolderFor(accounts.service, join(home, 'tmp'));
  makeFolderFor(accounts.service, dirname(vpsPaths(dir).accessLog), 0o755);
  const file = join(home, 'nginx.conf');
  writeFileFor(accounts.service, file, nginxConfig(world, home), 0o600);
  await startServer(dir, {
    name: 'nginx',
    port: ports.web,
    identity: accounts.service,
    env: debs.env,
    argv: [debs.bin('usr/sbin/nginx'), '-e', 'stderr', '-p', home, '-c', file],
  });
};
