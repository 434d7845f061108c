#!/usr/bin/env python3
"""Models that real Keras makes, and real Keras on models that conv4j writes. For developers; needs keras, jax and h5py.

    KERAS_BACKEND=jax python3 tools/keras_models.py make DIR     writes models in the layout of 'conv4j keras-test'
    KERAS_BACKEND=jax python3 tools/keras_models.py read A B     compares the models of folder B, which conv4j converted
                                                                 from those of A, with A: predictions, optimizer, training
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L
from keras import optimizers as O

ITEMS = 6
CLASSES = 4
SHAPE = (10, 9, 3)
SCHEDULES = O.schedules


def line(*parts, shape=SHAPE):
    return keras.Sequential([keras.Input(shape), *parts])


def small(*parts):
    """A tail that every image model can have."""
    return line(*parts, L.GlobalAveragePooling2D(), L.Dense(CLASSES))


def residual():
    x = inputs = keras.Input(SHAPE)
    x = L.Conv2D(4, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    x = L.BatchNormalization()(x)
    x = L.ReLU()(x)
    for strides in (1, 2):
        y = L.Conv2D(4 * strides, 3, strides=strides, padding="same")(x)
        y = L.BatchNormalization(momentum=0.9)(y)
        y = L.ReLU()(y)
        y = L.Conv2D(4 * strides, 3, padding="same")(y)
        y = L.BatchNormalization(gamma_initializer="zeros")(y)
        if strides > 1:
            x = L.Conv2D(8, 1, strides=2)(x)
        x = L.Activation("relu")(L.Add()([x, y]))
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.Dense(CLASSES)(x))


def inception():
    inputs = keras.Input(SHAPE)
    a = L.Conv2D(3, 1, activation="relu")(inputs)
    b = L.Conv2D(2, 3, padding="same", activation="elu")(L.Conv2D(4, 1)(inputs))
    c = L.MaxPooling2D(3, strides=1, padding="same")(inputs)
    d = L.AveragePooling2D(3, strides=1, padding="same")(inputs)
    x = L.Concatenate()([a, b, L.Conv2D(2, 1)(c), d])
    y = L.Concatenate(axis=1)([x, x])
    z = L.Add()([y, L.Conv2D(10, 1)(y), L.DepthwiseConv2D(3, padding="same")(y)])
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalMaxPooling2D()(z)))


def shared():
    inputs = keras.Input(SHAPE)
    twice = L.Conv2D(3, 3, padding="same", activation="tanh", name="twice")
    x = L.Add()([twice(inputs), twice(twice(inputs))])
    return keras.Model(inputs, L.Dense(CLASSES)(L.Flatten()(x)))


def operators():
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(3, 1)(inputs) + inputs
    x = keras.activations.relu(x)
    x = keras.ops.concatenate([x, inputs], axis=-1)
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalAveragePooling2D()(x)))


def nested():
    inner = keras.Sequential([keras.Input((10, 9, 4)), L.Conv2D(4, 3, padding="same"), L.BatchNormalization()], name="inner")
    i = keras.Input((10, 9, 4))
    block = keras.Model(i, L.Add()([L.Conv2D(4, 1)(i), i]), name="block")
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(4, 3, padding="same")(inputs)
    x = block(inner(block(x)))
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalAveragePooling2D()(x)))


def nested_output():
    i = keras.Input((8, 7, 4))
    block = keras.Model(i, L.Dense(CLASSES)(L.Flatten()(i)), name="head")
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(4, 3)(inputs)
    block(x)
    return keras.Model(inputs, block(L.ReLU()(x)))


def transfer(trainable=False):
    i = keras.Input(SHAPE)
    x = L.BatchNormalization()(L.Conv2D(4, 3)(i))
    base = keras.Model(i, L.ReLU()(x), name="base")
    base.trainable = trainable
    inputs = keras.Input(SHAPE)
    x = base(inputs, training=False)
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalAveragePooling2D()(x)))


def frozen():
    model = small(L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU(), L.Conv2D(5, 3), L.BatchNormalization())
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    return model


def rescaled():
    return small(L.Rescaling(1 / 127.5, offset=-1), L.Conv2D(4, 3, activation="relu"))


def rescaled_channels():
    inputs = keras.Input(SHAPE)
    x = L.Rescaling([0.5, 0.25, 2.0], offset=[0.1, -0.1, 0.0])(inputs)
    return keras.Model(inputs, L.Dense(CLASSES)(L.Flatten()(L.Conv2D(2, 3)(x))))


def functions():
    """Every function of one number that is an operation, and that is an activation by name; each where it has a slope."""
    K = keras.ops
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(3, 3, activation="sigmoid")(inputs)
    everywhere = (K.absolute, K.ceil, K.floor, K.round, K.sign, K.exp, K.log, K.sqrt, K.reciprocal, K.erf, K.sin, K.cos, K.tan)
    everywhere += (K.arcsin, K.arccos, K.arctan, K.sinh, K.cosh, K.arcsinh, K.arctanh, K.softsign, K.hard_sigmoid, K.hard_silu)
    results = [f(x) for f in everywhere] + [K.arccosh(K.add(x, 1.5)), K.negative(x), K.square(x), K.rsqrt(x)]
    y = x * 4.0 - 2.0
    results += [K.clip(y, -0.5, 0.75), K.maximum(y, 0.25), K.minimum(0.5, y), K.celu(y, 0.7), K.elu(y, 0.6), K.leaky_relu(y, 0.3)]
    results += [K.threshold(y, 0.3, 0.0), K.hard_shrink(y, 0.3), K.soft_shrink(y, 0.3), K.gelu(y), K.gelu(y, approximate=False), K.relu6(y)]
    results += [K.selu(y), K.softplus(y), K.tanh(y), K.silu(y), 1.0 - y, 3.0 / (y + 4.0), y / 2.5, x**1.5, 1 / (x + 1), y / (x + 1.0)]
    names = ("exponential", "softsign", "hard_sigmoid", "hard_silu", "mish", "celu", "hard_shrink", "soft_shrink")
    results += [L.Activation(name)(y) for name in names]
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalAveragePooling2D()(L.Concatenate()(results))))


def whole(name, compose):
    """A layer of conv4j that is a small model in Keras."""

    def apply(x):
        i = keras.Input(x.shape[1:])
        return keras.Model(i, compose(i), name=name)(x)

    return apply


def maximum_of_padded(x):
    padded = keras.ops.pad(x, ((0, 0), (1, 2), (1, 0), (0, 0)), constant_values=-float("inf"))
    return L.MaxPooling2D(3, strides=2)(padded)


def mean_of_padded(x):
    padding, pool = L.ZeroPadding2D(((1, 2), (2, 0))), L.AveragePooling2D(3, strides=(2, 1))
    return keras.ops.divide(pool(padding(x)), pool(padding(keras.ops.ones_like(x))))


def cut(x):
    return L.Cropping2D(((1, 1), (0, 2)))(L.Conv2DTranspose(3, 3, strides=2, output_padding=(1, 0))(x))


def weighted(function, shape, reverse=False, trainable=True, **arguments):
    """Joins every item with a weight: the only row of an Embedding, which all look up."""

    def compose(x):
        row = keras.ops.sum(keras.ops.zeros_like(x), axis=tuple(range(1, len(x.shape))))
        embedding = L.Embedding(1, int(np.prod(shape)), trainable=trainable, **arguments)
        weight = L.Reshape(shape)(embedding(row))
        return function(weight, x) if reverse else function(x, weight)

    return compose


def decompositions():
    K = keras.ops
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(3, 2, activation="relu")(inputs)
    x = whole("pads_max", maximum_of_padded)(x)
    x = whole("curves", lambda i: K.gelu(L.Conv2D(4, 2)(i), approximate=True))(x)
    x = whole("cuts", cut)(x)
    x = whole("cuts_and_curves", lambda i: K.gelu(cut(i), approximate=True))(x)
    x = whole("pads_mean", mean_of_padded)(x)
    x = whole("hard", lambda i: K.clip(L.Rescaling(0.2, 0.5)(i), 0.0, 1.0))(x)
    x = whole("scaled", lambda i: L.Rescaling(1.3)(K.elu(i, 0.7)))(L.Conv2D(3, 1)(x))

    def shrink(i):
        left = K.hard_shrink(i, 0.1)
        return left - L.Rescaling(0.05)(K.sign(left))

    x = whole("shrinks", shrink)(x)
    return keras.Model(inputs, L.Dense(CLASSES)(L.GlobalAveragePooling2D()(x)))


def weights():
    K = keras.ops
    inputs = keras.Input(SHAPE)
    x = L.Conv2D(3, 3)(inputs)
    x = L.PReLU(shared_axes=[1, 2], alpha_initializer=keras.initializers.Constant(0.3))(x)
    x = whole("bias", weighted(K.add, (1, 1, 3)))(x)
    x = whole("scale", weighted(K.multiply, (1, 7, 1), embeddings_initializer="ones"))(x)
    x = whole("less", weighted(K.subtract, (8, 1, 3), reverse=True))(x)
    x = whole("quotient", weighted(K.divide, (1, 1, 3), embeddings_initializer=keras.initializers.Constant(2.0)))(x)
    x = whole("fixed", weighted(K.power, (1, 1, 1), trainable=False, embeddings_initializer=keras.initializers.Constant(2.0)))(x)
    x = L.PReLU()(L.Conv2D(2, 3)(x))
    x = whole("least", weighted(K.maximum, (1, 1, 2), embeddings_initializer=keras.initializers.Constant(-0.5)))(x)
    x = whole("most", weighted(K.minimum, (1, 1, 2), embeddings_initializer="ones"))(x)
    less = whole("less_than", weighted(lambda a, b: K.cast(K.less(a, b), "float32"), (1, 1, 2), embeddings_initializer="ones"))
    return keras.Model(inputs, L.Dense(CLASSES)(L.Flatten()(L.Concatenate()([x, less(x)]))))


def scaled_twice():
    inputs = keras.Input(SHAPE)
    x = L.Rescaling(0.5, 1.0)(inputs)
    return keras.Model(inputs, L.Dense(CLASSES)(L.Flatten()(L.Conv2D(2, 3)(L.Concatenate()([x, inputs])))))


MODELS = {
    "conv_same_stride": lambda: small(L.Conv2D(4, (3, 2), strides=(2, 1), padding="same", activation="relu")),
    "conv_groups": lambda: small(L.Conv2D(4, 1), L.Conv2D(6, 3, groups=2, activation="selu")),
    "conv_dilation": lambda: small(L.Conv2D(4, 3, dilation_rate=(2, 1), padding="same", activation="swish")),
    "depthwise": lambda: small(L.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same", activation="relu6")),
    "separable": lambda: small(L.SeparableConv2D(5, 3, depth_multiplier=2, activation="gelu"), L.SeparableConv2D(3, 3, use_bias=False)),
    "transpose_same": lambda: small(L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="softplus")),
    "transpose_valid": lambda: small(L.Conv2DTranspose(4, 3, strides=2), L.Conv2DTranspose(2, 2, strides=3, use_bias=False)),
    "transpose_output": lambda: small(L.Conv2DTranspose(4, 3, strides=3, padding="same", output_padding=1)),
    "transpose_dilated": lambda: small(L.Conv2DTranspose(4, 3, dilation_rate=2, padding="valid")),
    "pooling": lambda: small(L.MaxPooling2D((3, 2), strides=2, padding="same"), L.AveragePooling2D(2, padding="same"), L.Conv2D(3, 1)),
    "global_max": lambda: line(L.Conv2D(4, 3), L.GlobalMaxPooling2D(keepdims=True), L.Conv2D(CLASSES, 1), L.Flatten()),
    "global_average": lambda: line(L.Conv2D(4, 3), L.GlobalAveragePooling2D(keepdims=True), L.Flatten(), L.Dense(CLASSES)),
    "margins": lambda: small(L.ZeroPadding2D(((1, 2), (0, 3))), L.Conv2D(3, 3), L.Cropping2D(((1, 0), (2, 1))), L.Conv2D(2, 2)),
    "up_nearest": lambda: small(L.Conv2D(3, 3), L.UpSampling2D((2, 3)), L.Conv2D(2, 3)),
    "up_bilinear": lambda: small(L.Conv2D(3, 3), L.UpSampling2D(2, interpolation="bilinear"), L.Conv2D(2, 3)),
    "norm_no_scale": lambda: small(L.Conv2D(3, 3), L.BatchNormalization(scale=False, momentum=0.8), L.ReLU()),
    "norm_no_center": lambda: small(L.Conv2D(3, 3), L.BatchNormalization(center=False, epsilon=0.01), L.ReLU()),
    "norm_neither": lambda: small(L.Conv2D(3, 3), L.BatchNormalization(center=False, scale=False), L.ReLU()),
    "norm_layers": lambda: small(L.Conv2D(6, 3), L.LayerNormalization(epsilon=1e-5), L.ReLU(), L.Conv2D(4, 3), L.LayerNormalization(axis=[1, 2, 3], center=False)),
    "norm_groups": lambda: small(L.Conv2D(6, 3), L.GroupNormalization(3), L.ReLU(), L.Conv2D(4, 3), L.GroupNormalization(-1, scale=False)),
    "norm_dense": lambda: line(L.Flatten(), L.Dense(8), L.BatchNormalization(), L.Dense(CLASSES)),
    "activations": lambda: small(L.Conv2D(4, 3), L.LeakyReLU(0.1), L.Conv2D(4, 1), L.ELU(0.5), L.Conv2D(4, 1), L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2)),
    "activation_names": lambda: small(*[L.Conv2D(4, 1, activation=a) for a in ("leaky_relu", "sigmoid", "tanh", "silu", "gelu", "relu6", "elu", "selu", "softplus", "linear")]),
    "activation_layer": lambda: small(L.Conv2D(4, 3, activation=L.LeakyReLU(0.3)), L.Activation("softmax")),
    "reshape": lambda: line(L.Conv2D(4, 3), L.Reshape((-1, 4)), L.Dense(3, activation="tanh"), L.Reshape((8, 7, 3)), L.Conv2D(2, 3), L.Flatten(), L.Dense(CLASSES)),
    "residual": residual,
    "inception": inception,
    "shared": shared,
    "operators": operators,
    "nested": nested,
    "transfer": transfer,
    "called_without_training": lambda: transfer(True),
    "nested_output": nested_output,
    "frozen": frozen,
    "rescaled": rescaled,
    "rescaled_channels": rescaled_channels,
    "penalties": lambda: small(
        L.Conv2D(4, 3, kernel_regularizer=keras.regularizers.L2(0.01), bias_regularizer="l1"),
        L.SeparableConv2D(4, 3, depthwise_regularizer="l2", pointwise_regularizer=keras.regularizers.L1L2(0.01, 0.02)),
        L.DepthwiseConv2D(3, depthwise_regularizer="l1"),
    ),
    "functions": functions,
    "decompositions": decompositions,
    "weights": weights,
    "scaled_twice": scaled_twice,
    "scaled_within": lambda: small(L.Conv2D(4, 3), L.Rescaling(0.5, 0.1), L.PReLU(shared_axes=[1, 2]), L.Activation("mish")),
    "sequential_in_line": lambda: keras.Sequential([keras.Input(SHAPE), keras.Sequential([L.Conv2D(3, 3), L.ReLU()]), L.Flatten(), L.Dense(CLASSES)]),
}

OPTIMIZERS = {
    "sgd": lambda: O.SGD(0.05),
    "sgd_momentum": lambda: O.SGD(0.05, momentum=0.9, weight_decay=0.01),
    "sgd_nesterov": lambda: O.SGD(0.02, momentum=0.8, nesterov=True, clipnorm=0.5),
    "rmsprop": lambda: O.RMSprop(0.002, rho=0.8),
    "rmsprop_momentum": lambda: O.RMSprop(0.001, momentum=0.9),
    "rmsprop_centered": lambda: O.RMSprop(0.001, momentum=0.5, centered=True),
    "adam": lambda: O.Adam(0.003, beta_1=0.8, beta_2=0.99, epsilon=1e-5),
    "adam_amsgrad": lambda: O.Adam(0.003, amsgrad=True, clipvalue=0.05),
    "adamw": lambda: O.AdamW(0.003, weight_decay=0.02),
    "adamax": lambda: O.Adamax(0.01),
    "nadam": lambda: O.Nadam(0.002, global_clipnorm=0.7),
    "exponential": lambda: O.Adam(SCHEDULES.ExponentialDecay(0.01, 2, 0.7, staircase=True)),
    "piecewise": lambda: O.SGD(SCHEDULES.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01]), momentum=0.9),
    "polynomial": lambda: O.SGD(SCHEDULES.PolynomialDecay(0.1, 4, 0.01, power=2.0)),
    "polynomial_cycle": lambda: O.Adam(SCHEDULES.PolynomialDecay(0.01, 2, 0.001, cycle=True)),
    "inverse_time": lambda: O.RMSprop(SCHEDULES.InverseTimeDecay(0.01, 2, 0.5)),
    "cosine": lambda: O.Adam(SCHEDULES.CosineDecay(0.001, 6, alpha=0.1, warmup_target=0.01, warmup_steps=4)),
    "nadam_schedule": lambda: O.Nadam(SCHEDULES.ExponentialDecay(0.01, 3, 0.8)),
}

LOSSES = {
    "sparse_logits": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "smoothed": lambda: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
    "binary": lambda: keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2),
    "mse": lambda: "mse",
    "mae": lambda: "mean_absolute_error",
    "huber": lambda: keras.losses.Huber(),
}


def cases():
    for name, model in MODELS.items():
        yield "model_" + name, model, OPTIMIZERS["adam"], LOSSES["sparse_logits"]
    tiny = lambda: small(L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU())
    for name, optimizer in OPTIMIZERS.items():
        yield "optimizer_" + name, tiny, optimizer, LOSSES["sparse_logits"]
    for name, loss in LOSSES.items():
        yield "loss_" + name, tiny, OPTIMIZERS["sgd"], loss
    yield "loss_probabilities", lambda: line(L.Flatten(), L.Dense(CLASSES, activation="softmax")), OPTIMIZERS["sgd"], lambda: "categorical_crossentropy"
    yield "loss_sigmoid", lambda: line(L.Flatten(), L.Dense(1, activation="sigmoid")), OPTIMIZERS["adam"], lambda: "binary_crossentropy"


def labels(name, model, generator):
    if name == "loss_sigmoid":
        return generator.integers(0, 2, (ITEMS, 1)).astype("float32")
    if name.startswith("loss_") and name != "loss_sparse_logits":
        return np.eye(CLASSES, dtype="float32")[generator.integers(0, CLASSES, ITEMS)]
    return generator.integers(0, CLASSES, (ITEMS,)).astype("int32")


def make(folder):
    os.makedirs(folder, exist_ok=True)
    only = os.environ.get("ONLY", "")
    for number, (name, build, optimizer, loss) in enumerate(cases()):
        if only in name:
            keras.utils.set_random_seed(number)
            generator = np.random.default_rng(number)
            model = build()
            model.compile(optimizer(), loss(), metrics=["accuracy"], run_eagerly=True)
            x = generator.normal(size=(ITEMS, *SHAPE)).astype("float32")
            if name.endswith("rescaled"):
                x = np.abs(x) * 60
            record(os.path.join(folder, name), model, x, labels(name, model, generator))


def tiny(folder):
    """The model in src/test/resources/keras."""
    keras.utils.set_random_seed(1)
    generator = np.random.default_rng(1)
    model = line(L.Conv2D(2, 2, activation="relu"), L.Flatten(), L.Dense(3), shape=(4, 3, 2))
    model.compile(O.SGD(0.05, momentum=0.9), LOSSES["sparse_logits"](), run_eagerly=True)
    x = generator.normal(size=(4, 4, 3, 2)).astype("float32")
    record(os.path.join(folder, "tiny"), model, x, generator.integers(0, 3, (4,)).astype("int32"))


def record(path, model, x, y):
    """Trains for three steps, saves, and trains for three more."""
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(path + ".keras")
    model.save(path + ".h5")
    np.save(path + ".x.npy", x)
    np.save(path + ".y.npy", model.predict_on_batch(x))
    np.save(path + ".labels.npy", y)
    steps = []
    for _ in range(3):
        model.reset_metrics()
        loss = model.train_on_batch(x, y)
        steps.append(float(loss[0] if isinstance(loss, (list, tuple)) else loss))
    np.save(path + ".losses.npy", np.array(steps, "float32"))
    print(os.path.basename(path), steps, flush=True)


def read(originals, converted):
    """What conv4j wrote must predict, remember and train as what it was made from."""
    worst = {"prediction": 0.0, "optimizer": 0.0, "losses": 0.0}
    names = sorted(f for f in os.listdir(converted) if f.endswith(".keras"))
    for file in names:
        base = os.path.join(originals, file[: -len(".keras")])
        model = keras.models.load_model(os.path.join(converted, file))
        x = np.load(base + ".x.npy")
        errors = {"prediction": float(np.abs(model.predict_on_batch(x) - np.load(base + ".y.npy")).max())}
        original = keras.models.load_model(base + ".keras")
        if original.compiled:
            # A nested model counts its variables in another order once it is flattened; sums do not mind.
            mine, theirs = ([np.asarray(v) for v in m.optimizer.variables] for m in (model, original))
            assert len(mine) == len(theirs), (file, len(mine), len(theirs))
            errors["optimizer"] = max(float(np.abs(np.abs(a).sum() - np.abs(b).sum())) for a, b in zip(mine, theirs))
        if os.path.exists(base + ".losses.npy") and model.compiled:
            model.run_eagerly = True
            want = np.load(base + ".losses.npy")
            got = []
            for _ in want:
                model.reset_metrics()
                result = model.train_on_batch(x, np.load(base + ".labels.npy"))
                got.append(result[0] if isinstance(result, (list, tuple)) else result)
            errors["losses"] = float((np.abs(np.array(got) - want) / np.abs(want)).max())
        print(file, " ".join(f"{k} {v:.1e}" for k, v in errors.items()), flush=True)
        for key, value in errors.items():
            worst[key] = max(worst[key], value)
    print(len(names), "models; worst:", " ".join(f"{k} {v:.1e}" for k, v in worst.items()))


if __name__ == "__main__":
    {"make": make, "read": read, "tiny": tiny}[sys.argv[1]](*sys.argv[2:])
