"""The average of the weights against its recurrence."""

import torch

from course.training import EMA, Trainer

from .points import conv_net, images, sgd, weights


def test_the_average_follows_the_weights():
    """The average is its recurrence, buffers are copied, and it is what measures and predicts."""
    model = conv_net()
    average = EMA(model, 0.9)
    expected = weights(model)
    for step in range(1, 30):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter))
        model(images()[0])
        average.update(model)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * weights(model)
    torch.testing.assert_close(weights(average.module), expected)
    assert torch.equal(average.module[1].running_mean, model[1].running_mean)
    trainer = Trainer(model, sgd(model), device="cpu", ema=0.5)
    trainer.fit(images(), batch_size=16)
    torch.testing.assert_close(trainer.predict(images()[0]), trainer.state.ema.module.eval()(images()[0]))
    assert not torch.equal(weights(trainer.state.ema.module), weights(model))
