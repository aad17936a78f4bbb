import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They wait for real seconds: begun first, so that the others fill the time and none is left alone at the end. */
const WAITING = /(nodes|terraform|pages|terminals|rehearse-command|bench|sigint|sigkill|load)\.test\.ts$/;

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId }: TestSpecification) => WAITING.test(moduleId);
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // More than two cores: many tests wait for a rotation's real seconds.
    maxWorkers: 3,
    // No file leaves anything behind, so that the sources need not be loaded anew for each: a fourth of the whole time.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { sequencer: WaitingFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
