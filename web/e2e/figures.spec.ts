// Figures: the numbers of a process, what they are made of, and nothing that is not so.
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { title: '인시던트 관리 지표', created: '접수 건수', restore: '해결 시간 중앙값', none: '자료 없음', table: '표로 보기', month: '12개월 추이', figures: '지표', last: '지난달', custom: '직접 정하기', from: '시작일', to: '종료일', status: /목표 (달성|미달)|주의/, incidents: '인시던트', operation: '서비스 운영', before: '앞 기간과 견줄 수 없음' },
  en: { title: 'Incident management: figures', created: 'Incidents reported', restore: 'Time to restore (median)', none: 'No data', table: 'As a table', month: 'Over 12 months', figures: 'Figures', last: 'Last month', custom: 'Custom', from: 'First day', to: 'Last day', status: /(On|Off) target|Near the limit/, incidents: 'Incidents', operation: 'Service operation', before: 'Nothing before' },
} as const;

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('read a figure, open it down to its records, and see it as a table', async ({ signedIn, api }) => {
      const as = api('mim');
      await incident(api('agent'), unique('지표에 드는 인시던트'));
      const page = await signedIn('mim', { lang });
      await page.goto('/figures/incident');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.title);
      const tile = page.locator('.tile').filter({ has: page.getByRole('button', { name: w.created, exact: true }) });
      const day = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString();
      // Other tests make incidents meanwhile: the number shown is between the two asked around it.
      const count = async (): Promise<number> => Number((await as.send('GET', `/kpis/incidents.created?from=${day(-40)}&to=${day(2)}`))['value']);
      const least = 60;
      await expect(tile.locator('.tilevalue')).toHaveText(/^[\d,]+$/);
      const shown = Number((await tile.locator('.tilevalue').innerText()).replace(/,/g, ''));
      expect(shown).toBeGreaterThan(least);
      expect(shown).toBeLessThanOrEqual(await count());
      await expect(page.locator('.goal').first()).toHaveText(w.status);
      // A period in which nothing happened is nothing, not nought, where there is nothing to average.
      await tile.getByRole('button', { name: w.created }).click();
      await expect(tile.locator('svg path').first()).toBeAttached();
      await expect(tile.locator('.chartbox svg')).toBeVisible();
      await tile.getByRole('button', { name: w.table }).click();
      await expect(tile.locator('.charttable tbody tr')).toHaveCount(12);
      const line = tile.locator('.charttable tbody td').last();
      await expect(line).toHaveText(/^[1-9][\d,]*$/);
      await tile.getByRole('button', { name: w.month }).click();
      await expect(tile.locator('.charttable tbody tr')).toHaveCount(12);
      await expect(tile.locator('.parts tbody tr').first()).toBeVisible();
      const part = await tile.locator('.parts tbody tr').evaluateAll(rows => rows.map(r => Number((r.querySelector('.end')?.textContent ?? '').replace(/\D/g, ''))).reduce((a, b) => a + b, 0));
      expect(part).toBeGreaterThanOrEqual(shown);
      // Down to the records: the list counts what the figure counted.
      await tile.locator('.tilemeta').getByRole('link').click();
      await expect(page).toHaveURL(/\/incidents\?.*created_at/);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.incidents);
      await expect(page.locator('.phead [role=status]')).toHaveText(/\d/);
      expect(Number((await page.locator('.phead [role=status]').innerText()).replace(/\D/g, ''))).toBeGreaterThanOrEqual(shown);
      await expect(page.getByRole('row').nth(1)).toBeVisible();
    });

    test('when in the week it happens', async ({ signedIn, api }) => {
      await incident(api('agent'), unique('이 시간의 인시던트'));
      const page = await signedIn('mim', { lang });
      await page.goto('/figures/incident?kpi=incidents.created');
      const heat = page.locator('.heat');
      await expect(heat.locator('tbody tr')).toHaveCount(7);
      await expect(heat.locator('tbody th').first()).toHaveText(lang === 'ko' ? '월' : 'Mon');
      const sum = (await heat.locator('tbody td').allInnerTexts()).map(x => Number(x.replace(/\D/g, ''))).reduce((a, b) => a + b, 0);
      const tile = page.locator('.tile.open .tilevalue');
      expect(sum).toBeGreaterThan(0);
      expect(Math.abs(sum - Number((await tile.innerText()).replace(/\D/g, '')))).toBeLessThan(40); // others make incidents meanwhile
      await heat.locator('tbody a').first().click();
      await expect(page).toHaveURL(/weekday/);
      await expect(page.getByRole('row').nth(1)).toBeVisible();
    });

    test('no data says why; periods by hand', async ({ signedIn }) => {
      const page = await signedIn('mim', { lang });
      await page.goto('/figures/incident?period=custom&from=2001-01-01&to=2001-01-31');
      const tile = page.locator('.tile').filter({ has: page.getByRole('button', { name: w.restore, exact: true }) });
      await expect(tile.locator('.tilevalue')).toContainText(w.none);
      await expect(tile.locator('.tilevalue')).not.toContainText('0');
      await expect(tile).toContainText(w.before);
      await expect(page.getByLabel(w.from)).toHaveValue('2001-01-01');
      await page.getByLabel(w.to).fill('2001-02-10');
      await expect(page).toHaveURL(/to=2001-02-10/);
      await page.getByRole('button', { name: w.last, exact: true }).click();
      await expect(page).toHaveURL(/period=last_month/);
      await expect(page.getByLabel(w.from)).toHaveCount(0);
    });

    test('reached from the stage and the palette; accessible', async ({ signedIn }) => {
      test.setTimeout(90_000);
      const theme = lang === 'ko' ? 'dark' : 'light';
      const page = await signedIn('mim', { lang, theme });
      await page.goto('/my');
      await page.getByRole('button', { name: w.operation }).click();
      await page.getByRole('menuitem', { name: w.figures, exact: true }).first().click();
      await expect(page).toHaveURL(/\/figures\/incident/);
      await page.goto('/my');
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect(async () => {
        await page.keyboard.press('Control+k'); // heard as soon as the page listens
        await expect(page.getByRole('combobox')).toBeVisible({ timeout: 2000 });
      }).toPass();
      await page.getByRole('combobox').fill(w.title);
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/\/figures\/incident/);
      await page.goto('/figures/incident?kpi=incidents.created');
      await page.locator('.chartbox svg').waitFor();
      await page.locator('.parts tbody tr').first().waitFor();
      await accessible(page, `figures ${theme}`);
    });
  });
}

test('a theme makes the picture anew in its own colours', async ({ signedIn }) => {
  const page = await signedIn('mim', { lang: 'en', theme: 'light' });
  await page.goto('/figures/incident?kpi=incidents.created');
  const stroke = page.locator('.chartbox svg path[stroke]');
  const colours = async (): Promise<string> => (await stroke.evaluateAll(all => all.map(e => e.getAttribute('stroke')))).join();
  await page.locator('.chartbox svg').waitFor();
  expect((await colours()).toLowerCase()).toContain('#0b5a61');
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect.poll(async () => (await colours()).toLowerCase()).toContain('#63c3c1');
});
