// In Node, tfjs-core leaves out the gradients of its operations, and the file that registers them cannot be imported
// from there (ES module syntax without extensions), so the build bundles it. Registration goes to a global registry,
// which is why this module is only ever imported dynamically, by createRuntime.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';

export const registered = true;
