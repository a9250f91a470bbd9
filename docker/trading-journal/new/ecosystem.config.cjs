const { resolve } = require('node:path');

// By way of the link, not of the release that this file is read from: pm2 keeps the folder it started in,
// and a restart after the link was turned has to find the new release.
const current = resolve(__dirname, '..', '..', 'current');

module.exports = {
  apps: [
    {
      name: 'trading-journal',
      script: 'dist/server.mjs',
      cwd: current,
      env: { NODE_ENV: 'production' },
      kill_timeout: 3000,
      max_restarts: 3,
    },
  ],
};
