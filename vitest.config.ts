import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They wait for real seconds: begun first, so that the others fill the time and none is left alone at the end. */
const WAITING =
  /(nodes|terraform|pages|terminals|rehearse-command|bench|sigint|sigkill|load)(\.long)?\.test\.ts$/;

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId }: TestSpecification) => WAITING.test(moduleId);
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))];
  }
}

const LONG = "test/**/*.long.test.ts";

export default defineConfig({
  test: {
    // Two tiers: `npm test` runs the quick one, `npm run test:all` both.
    projects: [
      { extends: true, test: { name: "quick", include: ["test/**/*.test.ts"], exclude: [LONG] } },
      { extends: true, test: { name: "long", include: [LONG] } },
    ],
    // More than two cores: many tests wait for a rotation's real seconds.
    maxWorkers: 4,
    // Files leave nothing behind, so they can share one load of the sources: a quarter of the whole time.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { sequencer: WaitingFirst },
    // Far above what any test needs: only one that hangs runs into it, on a busy machine too.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
