import { RouteProfileError } from '@routeprofile/schema';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Weights } from '../layers/initialisers.js';
import type { TensorFlow } from '../runtime/types.js';

/** Trained parameters by name. The caller disposes them. */
export type Variables = Readonly<Record<string, Variable>>;

/** Weights as variables of the active backend. */
export function toVariables(tf: TensorFlow, weights: Weights): Variables {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => {
      const initial = tf.tensor(data, [...shape]);
      const variable = tf.variable(initial);
      initial.dispose();
      return [name, variable];
    }),
  );
}

/** The variables' present values, copied. */
export async function toWeights(variables: Readonly<Record<string, Tensor>>): Promise<Weights> {
  const weights: Weights = {};
  for (const [name, variable] of Object.entries(variables))
    weights[name] = { shape: [...variable.shape], data: Float32Array.from(await variable.data()) };
  return weights;
}

/**
 * Puts saved values back.
 * @throws RouteProfileError CORRUPT_FILE naming the array that is missing or has another shape.
 */
export function restoreVariables(tf: TensorFlow, variables: Variables, weights: Weights): void {
  for (const [name, variable] of Object.entries(variables)) {
    const saved = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (saved === undefined || String(saved.shape) !== String(variable.shape))
      throw new RouteProfileError(
        'CORRUPT_FILE',
        `checkpoint: ${name} is ${saved === undefined ? 'missing' : `[${saved.shape.join(', ')}]`}, expected [${variable.shape.join(', ')}]`,
      );
    const value = tf.tensor(saved.data, [...saved.shape]);
    variable.assign(value);
    value.dispose();
  }
}

/** Frees the variables. */
export function disposeVariables(variables: Variables): void {
  for (const variable of Object.values(variables)) variable.dispose();
}

/**
 * The loss and its gradient with respect to each variable, by the variable's name here; zeros where the loss does not
 * depend on it. The caller disposes them.
 */
export function lossAndGradients(
  tf: TensorFlow,
  variables: Variables,
  loss: () => Tensor,
): { loss: Tensor; gradients: Record<string, Tensor> } {
  const { value, grads } = tf.variableGrads(() => tf.reshape(loss(), []), Object.values(variables));
  const gradients = Object.entries(variables).map(
    ([name, variable]) => [name, grads[variable.name] ?? tf.zerosLike<Tensor>(variable)] as const,
  );
  return { loss: value, gradients: Object.fromEntries(gradients) };
}
