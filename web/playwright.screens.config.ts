import base from './playwright.config';

// Pictures of the screens, to be looked at: npx playwright test -c playwright.screens.config.ts
export default { ...base, testMatch: 'screens.ts', reporter: 'line' };
