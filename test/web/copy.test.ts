// The copy of the status page: it opens from a folder, without the exporter, and lacks nothing.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN } from '../services/exporter.ts';
import { PLAIN, type Platform, webPlatform } from './platform.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-copy-'));
let platform: Platform;
let url: string;
beforeAll(async () => {
  platform = await webPlatform(PLAIN, { historyMs: 7_200_000, token: 'x' });
  url = await platform.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await platform.app.close();
  rmSync(folder, { recursive: true });
});
const exported = (...args: string[]) => run(process.execPath, [MAIN, 'export', 'status', '--url', url, ...args]);

describe('plimsoll export status', () => {
  it('writes a page that opens with its style sheet and asks nobody, once the exporter is gone', async () => {
    const out = join(folder, 'copy');
    const { stdout } = await exported('--out', out, '--public-url', 'https://status.example.org/');
    expect(stdout).toContain('4 files in ');
    expect(readFileSync(join(out, 'feed.atom'), 'utf8')).toContain('<id>https://status.example.org/</id>');
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${out}/index.html`);
    expect(asked.every((address) => address.startsWith('file:') || address.startsWith('data:'))).toBe(true);
    expect(await page.evaluate<number>('document.styleSheets.length')).toBe(1);
    expect(await page.locator('.component').count()).toBe(5);
    expect(await page.locator('footer').textContent()).toContain('This is a copy');
    for (const link of await page.locator('a[href^="./"], link[href^="./"]').all())
      expect(existsSync(join(out, (await link.getAttribute('href'))!))).toBe(true);
    await browser.close();
  });
  it('says what to do where there is no status page, no exporter, or no place', async () => {
    const { app } = await webPlatform(PLAIN, { historyMs: 240_000, extra: { statusPage: {} } });
    const none = await app.listen({ port: 0, host: '127.0.0.1' });
    const out = join(folder, 'other');
    await expect(run(process.execPath, [MAIN, 'export', 'status', '--url', none, '--out', out])).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('list components in the section statusPage'),
    });
    await app.close();
    await expect(run(process.execPath, [MAIN, 'export', 'status', '--url', none, '--out', out])).rejects.toMatchObject({
      code: 4,
    });
    await expect(exported('--out', '/proc/nothing')).rejects.toMatchObject({ code: 4 });
    await expect(exported()).rejects.toMatchObject({ code: 2 });
    expect(existsSync(out)).toBe(false);
  });
});
