import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

/** The same engine without windows: it does less beside the page, so it goes first, and is what is installed. */
const HEADLESS = 'chromium-headless-shell'
const KNOWN_PATHS = [
  `/usr/bin/${HEADLESS}`,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const NAMES = [HEADLESS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const INSTALL_MS_MAX = 300_000
const WHAT_TO_DO = 'install Chromium or Chrome, run `npx playwright install chromium`, or set CHROMIUM to the program.'

/** The Chromium the journeys are walked with: one that is there, else one that is installed now, else one clear sentence. */
export function findChromium(): string {
  // Named by hand: a mistake in it must not be covered up by another browser.
  const named = process.env.CHROMIUM
  if (named) {
    if (!isProgram(named)) throw new Error(`CHROMIUM names ${named}, which is not a program: ${WHAT_TO_DO}`)
    return named
  }
  return present() ?? installed()
}

function present() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...KNOWN_PATHS, ...onPath, playwrightsOwn()].find((path) => path !== null && isProgram(path)) ?? null
}

function playwrightsOwn() {
  try {
    return chromium.executablePath()
  } catch {
    return null // Playwright knows no browser for this system.
  }
}

function installed() {
  const isRoot = process.getuid?.() === 0
  if (!isRoot || spawnSync('apt-get', ['--version']).status !== 0) throw new Error(`There is no Chromium here: ${WHAT_TO_DO}`)
  const options = {
    timeout: INSTALL_MS_MAX,
    stdio: ['ignore', 'inherit', 'inherit'] as ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  try {
    // A fresh container has no package lists at all; stale ones name files that are gone.
    execFileSync('apt-get', ['update', '-qq'], options)
    try {
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', HEADLESS], options)
    } catch {
      // Not every release has it apart.
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
    }
  } catch (cause) {
    throw new Error(`Chromium could not be installed: ${WHAT_TO_DO}`, { cause })
  }
  const found = present()
  if (!found) throw new Error(`Chromium was installed but is not where it was expected: ${WHAT_TO_DO}`)
  return found
}

function isProgram(path: string) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
