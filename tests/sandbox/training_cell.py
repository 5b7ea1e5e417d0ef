"""A cell that trains: PyTorch's convolution, optimizer and loader. Defines net, x, y and data."""

import torch

torch.manual_seed(0)
x = torch.randn(64, 1, 6, 6)
y = (x.mean((1, 2, 3)) > 0).long()
net = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(64, 2))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
data = torch.utils.data.TensorDataset(x, y)
for _epoch in range(20):
    for a, b in torch.utils.data.DataLoader(data, batch_size=32):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(net(a), b).backward()
        adam.step()
print((net(x).argmax(1) == y).float().mean().item() > 0.9)
