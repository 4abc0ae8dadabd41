import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The system's Chromium: nothing is downloaded. MARU_CHROMIUM names another.
const executablePath = process.env['MARU_CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(p => existsSync(p)) ?? '';

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/setup.ts',
  workers: 2,
  retries: process.env['CI'] ? 1 : 0, // a machine that stumbled once is told loudly (closing.ts), not twice
  fullyParallel: true,
  timeout: 45_000,
  expect: { timeout: 7_000 },
  reporter: [['list', { printSteps: false }], ['./e2e/closing.ts']],
  use: {
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Asia/Seoul',
    trace: 'retain-on-failure',
    launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] },
  },
});
