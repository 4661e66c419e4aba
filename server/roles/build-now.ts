import { ensureBuild } from './build.ts'

// For images and packages, which build once and start often: `npm start` finds the build fresh and goes on.
await ensureBuild(new AbortController().signal, 'build/build.log')
