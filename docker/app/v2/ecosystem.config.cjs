module.exports = {
  apps: [
    {
      name: 'trading-journal',
      script: 'dist/server.mjs',
      cwd: __dirname,
      env: { NODE_ENV: 'production' },
      kill_timeout: 3000,
      max_restarts: 3,
    },
  ],
};
