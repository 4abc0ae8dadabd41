import base from './playwright.config';

// Twelve screens for the documentation: make screens.
export default { ...base, testMatch: 'pictures.ts', globalSetup: './e2e/demo.ts', workers: 1, retries: 0, reporter: 'line', use: { ...base.use, actionTimeout: 15_000 } };
