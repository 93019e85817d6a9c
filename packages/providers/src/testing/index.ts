export {
  answerJson,
  openModelServer,
  type ModelHandler,
  type ModelRequest,
  type ModelResponse,
  type ModelServer,
  type ReceivedRequest,
} from './model-server.js';
export {
  misbehaving,
  MISBEHAVIOURS,
  openStandInModels,
  type Misbehaviour,
  type StandInModels,
  type StandInOptions,
  type StandInRequest,
} from './stand-in-models.js';
